/* Makes the system calls whose numbers are its arguments, and prints the error of each. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **numbers)
{
	for (int i = 1; i < count; i++) {
		errno = 0;
		syscall(strtoul(numbers[i], NULL, 10), -1L, -1L, -1L, -1L, -1L, -1L);
		printf("%d\n", errno);
	}
	return 0;
}
