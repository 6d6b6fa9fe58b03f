/**
 * A C compiler for the few components that have C code. Takes the architecture of the hosts; gives the command, and the environment
 * in which Go finds it. Where this machine is of another architecture it is Debian's cross compiler, with the libraries of that
 * architecture unpacked in a folder of the cache: this machine's own packages stay as they are.
 */
import { join } from 'node:path'
import type { Say } from '../say.ts'
import { debianFiles } from './debian-files.ts'
import { machineArch } from './machine-arch.ts'

export type CCompiler = {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  /** What to do where it is missing. */
  readonly hint: string
}

const triplets: Readonly<Record<string, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

export const cCompiler = async (arch: string, say: Say): Promise<CCompiler> => {
  if (arch === machineArch)
    return { command: 'gcc', env: { CC: 'gcc' }, hint: 'apt-get install gcc libc6-dev libseccomp-dev' }
  const triplet = triplets[arch] ?? ''
  const command = `${triplet}-gcc`
  const libraries = await debianFiles('seccomp', ['libseccomp-dev'], arch, say)
  const library = join(libraries, 'usr/lib', triplet)
  return {
    command,
    hint: `apt-get install gcc-${triplet} libc6-dev-${arch}-cross`,
    env: {
      CC: command,
      PKG_CONFIG_LIBDIR: join(library, 'pkgconfig'),
      PKG_CONFIG_SYSROOT_DIR: libraries,
      CGO_CFLAGS: `-O2 -I${join(libraries, 'usr/include')}`,
      CGO_LDFLAGS: `-O2 -L${library}`,
    },
  }
}
