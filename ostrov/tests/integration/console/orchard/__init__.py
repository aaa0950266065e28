"""A component as a third party would write it: operations, pages with templates, a panel, Russian texts."""
