/** For which architecture a file is, by what its first bytes say. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refuseOtherArch } from '../../../src/bundle/sources/elf-arch.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const elf = (machine: number, size = 64): Buffer => {
  const bytes = Buffer.alloc(64)
  bytes.write('\x7fELF', 'latin1')
  bytes.writeUInt16LE(machine, 18)
  return bytes.subarray(0, size)
}

const look = (bytes: Buffer, arch: string): Promise<void> => {
  const file = join(scratchDirectory('elf'), 'kubelet')
  writeFileSync(file, bytes)
  return refuseOtherArch(file, arch, 'DIR/kubelet')
}

/** e_machine of ELF (elf.h). */
const [x86, x8664, aarch64] = [3, 62, 183]

test.each([
  [x8664, 'amd64'],
  [aarch64, 'arm64'],
])('%i is %s', async (machine, arch) => {
  await expect(look(elf(machine), arch)).resolves.toBeUndefined()
})

test.each([
  ['the other one', elf(x8664), 'DIR/kubelet is for amd64, not for arm64'],
  ['a third', elf(x86), 'DIR/kubelet is no executable for arm64'],
  ['a text', Buffer.from('#!/bin/sh\necho hello\n'), 'DIR/kubelet is no executable for arm64'],
  ['half of a header', elf(aarch64, 19), 'DIR/kubelet is no executable for arm64'],
  ['nothing', Buffer.alloc(0), 'DIR/kubelet is no executable for arm64'],
])('%s is refused', async (_what, bytes, message) => {
  await expect(look(bytes, 'arm64')).rejects.toThrow(message)
})
