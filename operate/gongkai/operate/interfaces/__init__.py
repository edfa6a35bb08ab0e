"""What others build against, as documents: OpenAPI of the services, AsyncAPI of the topics."""
