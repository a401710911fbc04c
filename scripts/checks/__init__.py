# SPDX-License-Identifier: GPL-2.0-only
"""Static checks; each function returns a list of complaints."""
