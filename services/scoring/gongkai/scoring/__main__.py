"""`python -m gongkai.scoring`: this service as one process, its settings in the environment."""

from gongkai.runtime.serve import serve
from gongkai.scoring.service import SERVICE

if __name__ == "__main__":
    serve(SERVICE)
