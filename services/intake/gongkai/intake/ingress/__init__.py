"""报送: agencies' systems hand in events over HTTP and Kafka; each is decided as a person's command would be."""
