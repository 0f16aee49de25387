/*
 * Asks libseccomp. Reads requests on standard input, one word group a line, and answers each on
 * standard output.
 *
 *   resolve ARCH NAME            -> "NUMBER\n"
 *   filter DEFAULT               begins a filter; DEFAULT is a SECCOMP_RET_ value in hexadecimal
 *   arch NAME                    adds an architecture
 *   optimize                     asks for the binary tree
 *   rule ACTION NAME [I OP A B]… adds a rule as a runtime does: what the default does is left out,
 *                                and conditions of which two speak of one argument are added one
 *                                by one; numbers are hexadecimal
 *   export                       -> "ok BYTES\n" and the program, or "error RC\n"
 */
#include <errno.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static scmp_filter_ctx context;
static uint32_t default_action;
static int failure;

static enum scmp_compare operator_of(const char *name)
{
	if (strcmp(name, "SCMP_CMP_NE") == 0) return SCMP_CMP_NE;
	if (strcmp(name, "SCMP_CMP_LT") == 0) return SCMP_CMP_LT;
	if (strcmp(name, "SCMP_CMP_LE") == 0) return SCMP_CMP_LE;
	if (strcmp(name, "SCMP_CMP_EQ") == 0) return SCMP_CMP_EQ;
	if (strcmp(name, "SCMP_CMP_GE") == 0) return SCMP_CMP_GE;
	if (strcmp(name, "SCMP_CMP_GT") == 0) return SCMP_CMP_GT;
	return SCMP_CMP_MASKED_EQ;
}

static void add_rule(void)
{
	uint32_t action = strtoul(strtok(NULL, " \n"), NULL, 16);
	int number = seccomp_syscall_resolve_name(strtok(NULL, " \n"));
	struct scmp_arg_cmp conditions[64];
	unsigned int seen[6] = {0};
	unsigned int count = 0;
	int repeated = 0;
	char *word;

	while ((word = strtok(NULL, " \n")) != NULL && count < 64) {
		struct scmp_arg_cmp *condition = &conditions[count++];
		condition->arg = strtoul(word, NULL, 16);
		condition->op = operator_of(strtok(NULL, " \n"));
		condition->datum_a = strtoull(strtok(NULL, " \n"), NULL, 16);
		condition->datum_b = strtoull(strtok(NULL, " \n"), NULL, 16);
		if (condition->arg < 6 && seen[condition->arg]++ > 0)
			repeated = 1;
	}
	if (failure != 0 || action == default_action || number == __NR_SCMP_ERROR)
		return;
	if (!repeated) {
		failure = seccomp_rule_add_array(context, action, number, count, conditions);
		return;
	}
	for (unsigned int i = 0; i < count && failure == 0; i++)
		failure = seccomp_rule_add_array(context, action, number, 1, &conditions[i]);
}

static void export(void)
{
	static char buffer[1 << 22];
	ssize_t length = 0;

	if (failure == 0) {
		int file = memfd_create("filter", 0);
		failure = seccomp_export_bpf(context, file);
		lseek(file, 0, SEEK_SET);
		length = read(file, buffer, sizeof buffer);
		close(file);
	}
	if (failure != 0) {
		printf("error %d\n", failure);
	} else {
		printf("ok %zd\n", length);
		fwrite(buffer, 1, length, stdout);
	}
	fflush(stdout);
	seccomp_release(context);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		char *word = strtok(line, " \n");
		if (word == NULL)
			continue;
		if (strcmp(word, "resolve") == 0) {
			uint32_t arch = seccomp_arch_resolve_name(strtok(NULL, " \n"));
			printf("%d\n", seccomp_syscall_resolve_name_arch(arch, strtok(NULL, " \n")));
			fflush(stdout);
		} else if (strcmp(word, "filter") == 0) {
			default_action = strtoul(strtok(NULL, " \n"), NULL, 16);
			context = seccomp_init(default_action);
			failure = context == NULL ? -EINVAL : 0;
		} else if (strcmp(word, "arch") == 0) {
			int rc = seccomp_arch_add(context, seccomp_arch_resolve_name(strtok(NULL, " \n")));
			if (failure == 0 && rc != -EEXIST)
				failure = rc;
		} else if (strcmp(word, "optimize") == 0) {
			seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
		} else if (strcmp(word, "rule") == 0) {
			add_rule();
		} else if (strcmp(word, "export") == 0) {
			export();
		}
	}
	return 0;
}
