"""`python -m gongkai.console`: this service as one process, its settings in the environment."""

from gongkai.console.service import SERVICE
from gongkai.runtime.serve import serve

if __name__ == "__main__":
    serve(SERVICE)
