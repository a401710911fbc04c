// SPDX-License-Identifier: GPL-2.0-only
/* Port I/O: IN, OUT, INS, OUTS. */
#include <linux/minmax.h>
#include <linux/mm.h>

#include <axvcpu/mem.h>

#include "x86_ops.h"

static bool is_poweroff(struct axx86_vcpu *x, u16 port, u8 width, u64 data)
{
	const struct axx86_vm *xvm = axx86_vcpu_vm(x);

	return port == xvm->poweroff_port && width == 2 && data == xvm->poweroff_value;
}

static int io_single(struct axx86_vcpu *x, const struct axx86_intercept *icpt, u64 next)
{
	u64 data = axx86_merge(0, x->gpr[AXX86_RAX], icpt->u.io.width);
	struct axvcpu_exit *exit;
	u32 reason = AXVCPU_EXIT_IO_READ;

	if (!icpt->u.io.in)
		reason = is_poweroff(x, icpt->u.io.port, icpt->u.io.width, data)
			? AXVCPU_EXIT_SYSTEM_DOWN : AXVCPU_EXIT_IO_WRITE;
	exit = axvcpu_exit_init(x->vcpu, reason);
	if (reason != AXVCPU_EXIT_SYSTEM_DOWN) {
		exit->io.port = icpt->u.io.port;
		exit->io.width = icpt->u.io.width;
		exit->io.count = 1;
		exit->io.data = icpt->u.io.in ? 0 : data;
	}
	axx86_pend(x, icpt->u.io.in ? AXX86_PENDING_IO : AXX86_PENDING_DONE);
	x->pending.width = icpt->u.io.width;
	axx86_set_rip(x, next);
	return axx86_exit_user(x);
}

/**
 * struct string_io - a run of INS or OUTS items that one exit carries
 * @seg: segment of the memory operand
 * @addr_size: bytes of an address
 * @gva: linear address of the first item
 * @gpa: where it is; gpa[1] if the item crosses a page
 * @first_len: bytes of the first item in its first page
 * @count: items
 * @left: items after them
 * @down: addresses go down
 */
struct string_io {
	u8 seg;
	u8 addr_size;
	u64 gva;
	u64 gpa[2];
	u32 first_len;
	u32 count;
	u64 left;
	bool down;
};

/*
 * Segment and address size, which only some CPUs tell: in the instruction they
 * always are. The destination of INS is ES, whatever its prefixes say.
 */
static int string_operand(struct axx86_vcpu *x, const struct axx86_intercept *icpt,
			  u8 *seg, u8 *addr_size)
{
	struct axx86_fixed fixed;

	*seg = icpt->u.io.in ? AXX86_ES : icpt->u.io.seg;
	*addr_size = icpt->u.io.addr_size;
	if (icpt->u.io.seg_valid && *addr_size)
		return 0;
	if (axx86_fixed_insn(x, icpt->u.io.in ? AXX86_FIX_INS : AXX86_FIX_OUTS, &fixed))
		return -EAGAIN;
	*seg = fixed.mem.seg;
	*addr_size = fixed.mem.addr_bytes;
	return 0;
}

static u64 address_mask(u8 bytes)
{
	return bytes == 8 ? ~0ULL : (1ULL << (8 * bytes)) - 1;
}

/*
 * Items up to the end of the page or of the data area; one that crosses a page
 * goes alone.
 */
static void limit_items(struct string_io *s, u8 width)
{
	u32 offset = offset_in_page(s->gva);
	u64 room;

	s->first_len = width;
	if (offset + width > PAGE_SIZE) {
		s->first_len = PAGE_SIZE - offset;
		room = 1;
	} else if (s->down) {
		room = offset / width + 1;
	} else {
		room = (PAGE_SIZE - offset) / width;
	}
	room = min_t(u64, room, AXVCPU_IO_DATA_SIZE / width);
	s->count = min_t(u64, s->left, room);
	s->left -= s->count;
}

/* 0, or -EFAULT with the exception raised, or -ENOENT if a table is no memory. */
static int find_items(struct axx86_vcpu *x, const struct axx86_intercept *icpt,
		      struct string_io *s)
{
	u32 access = icpt->u.io.in ? AXX86_ACCESS_WRITE : AXX86_ACCESS_READ;
	u8 reg = icpt->u.io.in ? AXX86_RDI : AXX86_RSI;
	u8 width = icpt->u.io.width;
	struct axx86_fault fault;
	struct axx86_walk walk;
	int i, ret;

	if (axx86_linearize(x, s->seg, x->gpr[reg] & address_mask(s->addr_size), width,
			    access, &s->gva, &fault))
		goto raise;
	limit_items(s, width);

	for (i = 0; i < 1 + (s->first_len < width); i++) {
		ret = axx86_translate(x, i ? s->gva + s->first_len : s->gva, access, &walk);
		if (ret == -EFAULT) {
			fault = walk.fault;
			goto raise;
		}
		if (ret)
			return -ENOENT;
		s->gpa[i] = walk.gpa;
	}
	return 0;

raise:
	axx86_raise(x, fault.vector, fault.error, fault.address);
	return -EFAULT;
}

static int read_items(struct axx86_vcpu *x, const struct string_io *s, u8 width)
{
	struct axvcpu_vm *vm = x->vcpu->vm;
	u8 *item = x->vcpu->io_data;
	u64 gpa = s->gpa[0];
	int ret = 0;
	u32 i;

	if (s->first_len < width) {
		ret = axvcpu_mem_read(vm, gpa, item, s->first_len);
		return ret ?: axvcpu_mem_read(vm, s->gpa[1], item + s->first_len,
					      width - s->first_len);
	}
	if (!s->down)
		return axvcpu_mem_read(vm, gpa, item, (size_t)s->count * width);
	for (i = 0; i < s->count && !ret; i++, gpa -= width, item += width)
		ret = axvcpu_mem_read(vm, gpa, item, width);
	return ret;
}

static int io_string(struct axx86_vcpu *x, const struct axx86_intercept *icpt, u64 next)
{
	struct string_io s = { .down = axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_DF };
	u8 width = icpt->u.io.width;
	bool in = icpt->u.io.in;
	struct axvcpu_exit *exit;
	s64 step;
	int ret;

	if (string_operand(x, icpt, &s.seg, &s.addr_size))
		return AXVCPU_RUN_AGAIN;
	s.left = icpt->u.io.rep ? x->gpr[AXX86_RCX] & address_mask(s.addr_size) : 1;
	if (!s.left) {
		axx86_set_rip(x, next);
		return AXVCPU_RUN_AGAIN;
	}
	ret = find_items(x, icpt, &s);
	if (ret == -EFAULT)
		return AXVCPU_RUN_AGAIN;
	if (!ret && !in)
		ret = read_items(x, &s, width);
	/* Strings that are not in memory are userspace's to emulate. */
	if (ret) {
		axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_UNHANDLED);
		return axx86_exit_user(x);
	}

	exit = axvcpu_exit_init(x->vcpu, in ? AXVCPU_EXIT_IO_READ : AXVCPU_EXIT_IO_WRITE);
	exit->io.port = icpt->u.io.port;
	exit->io.width = width;
	exit->io.string = 1;
	exit->io.count = s.count;
	exit->io.data_offset = AXVCPU_IO_DATA_OFFSET;

	axx86_pend(x, in ? AXX86_PENDING_INS : AXX86_PENDING_DONE);
	x->pending.width = width;
	x->pending.count = s.count;
	x->pending.first_len = s.first_len;
	x->pending.gpa[0] = s.gpa[0];
	x->pending.gpa[1] = s.gpa[1];

	step = (s64)s.count * width;
	axx86_string_step(&x->gpr[in ? AXX86_RDI : AXX86_RSI], s.addr_size, s.down ? -step : step);
	if (icpt->u.io.rep)
		axx86_string_step(&x->gpr[AXX86_RCX], s.addr_size, -(s64)s.count);
	if (s.left)
		exit->flags |= AXVCPU_EXIT_PARTIAL;
	else
		axx86_set_rip(x, next);
	return axx86_exit_user(x);
}

/**
 * axx86_handle_io() - IN, OUT, INS or OUTS
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result.
 */
int axx86_handle_io(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	return icpt->u.io.string ? io_string(x, icpt, next) : io_single(x, icpt, next);
}
