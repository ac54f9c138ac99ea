"""What scored calls show together: agreement with people, calibration, and figures of each checkpoint and path."""
