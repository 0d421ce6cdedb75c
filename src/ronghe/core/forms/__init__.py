"""One form definition for page, API, import and export: what is asked, and how answers are cleaned."""

from ronghe.core.forms.fields import NATURES, Choice, Field, FieldType, Form

__all__ = ["NATURES", "Choice", "Field", "FieldType", "Form"]
