"""What safety offers to every page: the desk's navigation."""

from fairboard.safety import navigation
from fairboard.ui import filters

filters.offer("desk_nav", navigation.entries)
filters.offer("desk_alarm", navigation.alarm)
