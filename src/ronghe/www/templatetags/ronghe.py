"""Filters and tags every template has without loading."""

from django import template

register = template.Library()
