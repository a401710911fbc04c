# SPDX-License-Identifier: GPL-2.0-only
"""Parts of the test bed: kernels, initramfs images, emulated hosts, test lanes."""
