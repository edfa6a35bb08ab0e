"""`python -m gongkai.publishing`: this service as one process, its settings in the environment."""

from gongkai.publishing.service import SERVICE
from gongkai.runtime.serve import serve

if __name__ == "__main__":
    serve(SERVICE)
