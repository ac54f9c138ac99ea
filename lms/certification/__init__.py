"""Requirements, certificates, renewals, suspensions, waivers and the gate to the live floor."""
