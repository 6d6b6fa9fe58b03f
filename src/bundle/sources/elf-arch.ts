/** For which architecture an executable is. Takes a file, the architecture that is wanted, and its name for messages; throws if it is for another. */
import { open } from 'node:fs/promises'
import { exitCodes, UserError } from '../../errors.ts'

/** e_machine of ELF: EM_X86_64 and EM_AARCH64 (elf.h). */
const machines: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' }

const archOf = async (file: string): Promise<string | undefined> => {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0)
    if (bytesRead < 20 || buffer.toString('latin1', 0, 4) !== '\x7fELF') return undefined
    return machines[buffer.readUInt16LE(18)]
  } finally {
    await handle.close()
  }
}

export const refuseOtherArch = async (file: string, arch: string, shown: string): Promise<void> => {
  const found = await archOf(file)
  if (found === arch) return
  throw new UserError(`${shown} is ${found ? `for ${found}, not` : 'no executable'} for ${arch}`, {
    hint: `put the one for ${arch} there; with several architectures, into folders amd64 and arm64`,
    exitCode: exitCodes.failed,
  })
}
