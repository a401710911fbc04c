// SPDX-License-Identifier: GPL-2.0-only
/* Nested page faults: memory, the local APIC's page, MMIO, or what userspace must emulate. */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <axvcpu/mem.h>

#include "apic.h"
#include "x86_ops.h"

/**
 * struct mmio - one access to an address without memory
 * @insn: the instruction
 * @next: address behind it
 * @mem: the operand that is concerned: insn.mem or insn.src
 * @gva: its linear address
 * @gpa: its guest-physical address
 * @write: direction
 */
struct mmio {
	struct axx86_insn insn;
	u64 next;
	const struct axx86_mem *mem;
	u64 gva;
	u64 gpa;
	bool write;
};

static int exit_fault(struct axx86_vcpu *x, u64 gpa, u32 access, const u8 *bytes, int nr,
		      const u64 *gva)
{
	struct axvcpu_exit *exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_NESTED_PAGE_FAULT);

	exit->fault.gpa = gpa;
	exit->fault.access = access;
	if (axx86_read(x, AXX86_CPL) == 3)
		exit->fault.access |= AXVCPU_ACCESS_USER;
	if (gva) {
		exit->fault.gva = *gva;
		exit->fault.access |= AXVCPU_ACCESS_GVA;
	}
	exit->fault.insn_len = nr;
	memcpy(exit->fault.insn, bytes, nr);
	return axx86_exit_user(x);
}

/* Linear address of an operand, and that the guest may access it so. */
static int operand_gva(struct axx86_vcpu *x, const struct mmio *m, const struct axx86_mem *mem,
		       u32 access, u64 *gva)
{
	u64 ea = axx86_effective_address(mem, x->gpr, m->next);
	struct axx86_fault fault;

	if (axx86_linearize(x, mem->seg, ea, m->insn.width, access, gva, &fault)) {
		axx86_raise(x, fault.vector, fault.error, fault.address);
		return -EFAULT;
	}
	return 0;
}

static int operand_gpa(struct axx86_vcpu *x, u64 gva, u32 access, u64 *gpa)
{
	struct axx86_walk walk;
	int ret = axx86_translate(x, gva, access, &walk);

	if (ret == -EFAULT)
		axx86_raise(x, walk.fault.vector, walk.fault.error, walk.fault.address);
	*gpa = walk.gpa;
	return ret;
}

/* Step over one element of a string instruction, or over the whole of another one. */
static bool finish_element(struct axx86_vcpu *x, const struct mmio *m)
{
	const struct axx86_insn *insn = &m->insn;
	s64 step = axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_DF ? -(s64)insn->width : insn->width;
	u8 addr = insn->mem.addr_bytes;

	if (insn->kind < AXX86_MOVS) {
		axx86_set_rip(x, m->next);
		return true;
	}
	if (insn->kind != AXX86_LODS)
		axx86_string_step(&x->gpr[AXX86_RDI], addr, step);
	if (insn->kind != AXX86_STOS)
		axx86_string_step(&x->gpr[AXX86_RSI], addr, step);
	if (insn->rep) {
		axx86_string_step(&x->gpr[AXX86_RCX], addr, -1);
		if (axx86_string_count(addr, true, x->gpr))
			return false;
	}
	axx86_set_rip(x, m->next);
	return true;
}

static int exit_mmio(struct axx86_vcpu *x, const struct mmio *m)
{
	struct axvcpu_exit *exit = &x->vcpu->exit;

	if (!finish_element(x, m))
		exit->flags |= AXVCPU_EXIT_PARTIAL;
	return axx86_exit_user(x);
}

/* The value of a store; for MOVS it comes from memory, or from an MMIO read of its own. */
static int store_value(struct axx86_vcpu *x, const struct mmio *m, u64 *value, u64 *src_gpa)
{
	u64 gva;
	int ret;

	if (m->insn.kind != AXX86_MOVS) {
		*value = axx86_store_value(&m->insn, x->gpr);
		return 0;
	}
	*value = 0;
	if (operand_gva(x, m, &m->insn.src, AXX86_ACCESS_READ, &gva) ||
	    operand_gpa(x, gva, AXX86_ACCESS_READ, src_gpa))
		return -EFAULT;
	ret = axvcpu_mem_read(x->vcpu->vm, *src_gpa, value, m->insn.width);
	return ret ? -ENOENT : 0;
}

static int mmio_read_exit(struct axx86_vcpu *x, const struct mmio *m, u64 gpa)
{
	struct axvcpu_exit *exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_MMIO_READ);
	const struct axx86_insn *insn = &m->insn;

	exit->mmio.addr = gpa;
	exit->mmio.width = insn->width;
	if (insn->kind == AXX86_MOVS) {
		exit->mmio.reg = AXVCPU_REG_NONE;
		exit->mmio.reg_width = insn->width;
		return exit_mmio(x, m);
	}
	exit->mmio.reg = insn->reg;
	exit->mmio.reg_width = insn->reg_width;
	exit->mmio.signed_ext = insn->sign_extend;
	return exit_mmio(x, m);
}

static void pend_load(struct axx86_vcpu *x, const struct mmio *m)
{
	axx86_pend(x, AXX86_PENDING_GPR);
	x->pending.gpr = m->insn.reg;
	x->pending.high_byte = m->insn.high_byte;
	x->pending.width = m->insn.width;
	x->pending.reg_width = m->insn.reg_width;
	x->pending.sign = m->insn.sign_extend;
	x->pending.swap = m->insn.swap;
}

static int pend_movs(struct axx86_vcpu *x, const struct mmio *m, u64 dst_gpa)
{
	axx86_pend(x, AXX86_PENDING_MOVS);
	x->pending.width = m->insn.width;
	x->pending.gpa[0] = dst_gpa;
	return 0;
}

static int mmio_load(struct axx86_vcpu *x, const struct mmio *m)
{
	u64 gva, dst;

	if (m->insn.kind != AXX86_MOVS) {
		pend_load(x, m);
		return mmio_read_exit(x, m, m->gpa);
	}
	if (operand_gva(x, m, &m->insn.mem, AXX86_ACCESS_WRITE, &gva) ||
	    operand_gpa(x, gva, AXX86_ACCESS_WRITE, &dst))
		return AXVCPU_RUN_AGAIN;
	pend_movs(x, m, dst);
	return mmio_read_exit(x, m, m->gpa);
}

static int mmio_store(struct axx86_vcpu *x, const struct mmio *m)
{
	struct axvcpu_exit *exit;
	u64 value, src;
	int ret;

	ret = store_value(x, m, &value, &src);
	if (ret == -EFAULT)
		return AXVCPU_RUN_AGAIN;
	if (ret) {
		pend_movs(x, m, m->gpa);
		return mmio_read_exit(x, m, src);
	}
	exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_MMIO_WRITE);
	exit->mmio.addr = m->gpa;
	exit->mmio.width = m->insn.width;
	exit->mmio.data = value;
	axx86_pend(x, AXX86_PENDING_DONE);
	return exit_mmio(x, m);
}

/* The local APIC's page, with the controller in the kernel. */
static int apic_access(struct axx86_vcpu *x, const struct mmio *m)
{
	u32 offset = offset_in_page(m->gpa);
	u64 value;

	if (m->insn.kind == AXX86_MOVS)
		return exit_fault(x, m->gpa, m->write ? AXVCPU_ACCESS_W : AXVCPU_ACCESS_R, NULL, 0,
				  &m->gva);
	if (!m->write) {
		axapic_mmio_read(x->apic, offset, m->insn.width, &value);
		x->gpr[m->insn.reg] = axx86_merge_load(&m->insn, x->gpr[m->insn.reg], value);
		finish_element(x, m);
		return AXVCPU_RUN_AGAIN;
	}
	value = axx86_store_value(&m->insn, x->gpr);
	axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_NOTHING);
	if (!axapic_mmio_write(x->apic, offset, m->insn.width, value, &x->vcpu->exit)) {
		finish_element(x, m);
		return AXVCPU_RUN_AGAIN;
	}
	axx86_pend(x, AXX86_PENDING_DONE);
	return exit_mmio(x, m);
}

/* True if the access was one of those, with the answer in *ret. */
static bool user_apic_access(struct axx86_vcpu *x, const struct mmio *m, int *ret)
{
	u64 page = x->apic_base & ~0xfffULL;
	struct axvcpu_exit *exit;

	if (!(x->apic_base & AXAPIC_BASE_ENABLE) || x->apic_base & AXAPIC_BASE_X2APIC ||
	    (m->gpa & ~0xfffULL) != page || m->insn.width != 4 || m->insn.kind == AXX86_MOVS ||
	    !m->write)
		return false;

	switch (offset_in_page(m->gpa)) {
	case AXAPIC_ICR2:
		/* Kept for the write of the other half, and shown to userspace as it is. */
		x->icr2 = axx86_store_value(&m->insn, x->gpr);
		return false;
	case AXAPIC_ICR:
		exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_SEND_IPI);
		axapic_icr_to_exit(axx86_store_value(&m->insn, x->gpr) | (u64)x->icr2 << 32, false,
				   exit);
		break;
	case AXAPIC_EOI:
		exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_EOI);
		exit->eoi.vector = AXVCPU_VECTOR_UNKNOWN;
		break;
	default:
		return false;
	}
	axx86_pend(x, AXX86_PENDING_DONE);
	*ret = exit_mmio(x, m);
	return true;
}

static bool writes(const struct axx86_insn *insn)
{
	return insn->kind == AXX86_STORE || insn->kind == AXX86_STORE_IMM ||
	       insn->kind == AXX86_STOS;
}

/*
 * Which operand faulted, and where it is. -EFAULT: an exception was raised;
 * -EAGAIN: the guest's tables changed meanwhile, let it try again; -EOPNOTSUPP:
 * not an access that can be described.
 */
static int find_operand(struct axx86_vcpu *x, struct mmio *m, u64 gpa, u32 access)
{
	u32 want;

	m->write = access & AXVCPU_ACCESS_W;
	if (m->insn.kind != AXX86_MOVS && writes(&m->insn) != m->write)
		return -EAGAIN;
	m->mem = m->insn.kind == AXX86_MOVS && !m->write ? &m->insn.src : &m->insn.mem;
	want = m->write ? AXX86_ACCESS_WRITE : AXX86_ACCESS_READ;
	if (operand_gva(x, m, m->mem, want, &m->gva))
		return -EFAULT;
	if (offset_in_page(m->gva) + m->insn.width > PAGE_SIZE)
		return -EOPNOTSUPP;
	if (operand_gpa(x, m->gva, want, &m->gpa))
		return -EFAULT;
	return (m->gpa ^ gpa) & PAGE_MASK ? -EAGAIN : 0;
}

static int emulate(struct axx86_vcpu *x, u64 gpa, u32 access)
{
	u8 bytes[AXX86_INSN_MAX];
	int nr = axx86_fetch(x, bytes);
	bool known = false;
	struct mmio m;
	int ret;

	/* An instruction fetch, a table walk or an event's delivery is no data access. */
	if (!(access & (AXVCPU_ACCESS_X | AXVCPU_ACCESS_TABLE_WALK)) && !x->events.again.valid)
		known = !axx86_decode(bytes, nr, axx86_current_mode(x), &m.insn);
	if (!known)
		return exit_fault(x, gpa, access, bytes, nr, NULL);

	m.next = axx86_read(x, AXX86_RIP) + m.insn.length;
	if (axx86_current_mode(x) != AXX86_LONG64)
		m.next = (u32)m.next;
	ret = find_operand(x, &m, gpa, access);
	if (ret == -EOPNOTSUPP)
		return exit_fault(x, gpa, access, bytes, nr, &m.gva);
	if (ret)
		return AXVCPU_RUN_AGAIN;

	if (x->apic && axapic_covers(x->apic, m.gpa))
		return apic_access(x, &m);
	if (!x->apic && user_apic_access(x, &m, &ret))
		return ret;
	return m.write ? mmio_store(x, &m) : mmio_load(x, &m);
}

/**
 * axx86_handle_npf() - a nested page fault
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result, -ENOMEM.
 */
int axx86_handle_npf(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u32 access = icpt->u.fault.access;
	u64 gpa = icpt->u.fault.gpa;
	u8 bytes[AXX86_INSN_MAX];

	if (x->apic && axapic_covers(x->apic, gpa))
		return emulate(x, gpa, access);

	switch (axvcpu_mem_fault(x->vcpu->vm, gpa, access & (AXVCPU_ACCESS_R | AXVCPU_ACCESS_W |
							      AXVCPU_ACCESS_X))) {
	case 0:
	case -EINTR:
		return AXVCPU_RUN_AGAIN;
	case -ENOENT:
		return emulate(x, gpa, access & ~AXVCPU_ACCESS_PERMISSION);
	case -EACCES:
		return emulate(x, gpa, access | AXVCPU_ACCESS_PERMISSION);
	case -ENOMEM:
		return -ENOMEM;
	}
	/* The range is there, its memory is not: userspace took it away. */
	return exit_fault(x, gpa, access | AXVCPU_ACCESS_PERMISSION, bytes, axx86_fetch(x, bytes),
			  NULL);
}
