"""FloorReady: training, exams, simulated calls, certificates and the gate to the live floor."""
