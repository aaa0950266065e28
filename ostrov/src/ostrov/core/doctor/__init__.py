"""`ostrov doctor`: the questions every component asks of this project on this machine, and core's own."""

from ostrov.core.doctor.diagnosis import Answer, Diagnosis, examine

__all__ = ["Answer", "Diagnosis", "examine"]
