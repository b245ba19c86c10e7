"""What is to be told, to whom, and whether it arrived."""

from notices.models.choice import Choice
from notices.models.letter import Letter
from notices.models.webhook import Delivery, Kind, Webhook

__all__ = ["Choice", "Delivery", "Kind", "Letter", "Webhook"]
