"""`python -m gongkai.intake`: this service as one process, its settings in the environment."""

from gongkai.intake.service import SERVICE
from gongkai.runtime.serve import serve

if __name__ == "__main__":
    serve(SERVICE)
