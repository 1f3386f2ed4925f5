"""What several tests share: a Kafka node, worker processes, made-up articles."""
