"""The pipes of Marsad: everything that knows Kafka, Faust or HTTP, and no rule about news."""

__version__ = "0.1.0"
