/**
 * The files of Debian packages that kube-proxy and flannel need beside them: nft, iptables, conntrack, their libraries, the
 * names of protocols, and a shell. Takes nothing but the machine's package sources; gives a folder. Documentation, locales and character sets stay out.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Say } from '../say.ts'
import { debianFiles } from './debian-files.ts'

const packages = [
  'nftables',
  'iptables',
  'conntrack',
  'busybox-static',
  'libnftables1',
  'libnftnl11',
  'libmnl0',
  'libjansson4',
  'libgmp10',
  'libedit2',
  'libbsd0',
  'libmd0',
  'libtinfo6',
  'libxtables12',
  'libip4tc2',
  'libip6tc2',
  'libnetfilter-conntrack3',
  'libnfnetlink0',
  'libc6',
  'netbase',
]

/** Of the shell's applets, those that scripts in these images use. */
const applets = ['sh', 'cat', 'cp', 'mv', 'sleep', 'mkdir', 'rm', 'ls', 'ip', 'grep']
/** The names that Debian's alternatives would make. */
const nftNames = [
  'iptables',
  'iptables-save',
  'iptables-restore',
  'ip6tables',
  'ip6tables-save',
  'ip6tables-restore',
]

/**
 * All that is kept of /etc. Without it nft prints protocols as numbers, and kube-proxy, which reads its own rules back when it is
 * started again, takes them for somebody else's and deletes the addresses of all Services.
 */
const protocols = 'etc/protocols'

/** Bumped when the recipe changes. */
const recipe = 4

export const networkTools = (arch: string, say: Say): Promise<string> =>
  debianFiles(`network-tools-${recipe}`, packages, arch, say, prune)

const prune = async (root: string): Promise<void> => {
  const triplets = (await readdir(join(root, 'lib'))).filter((name) => name.endsWith('-linux-gnu'))
  const kept = await readFile(join(root, protocols))
  const useless = [
    'usr/share',
    'etc',
    'usr/lib/sysusers.d',
    ...triplets.flatMap((name) => [`usr/lib/${name}/gconv`, `usr/lib/${name}/audit`]),
  ]
  await Promise.all(useless.map((path) => rm(join(root, path), { recursive: true, force: true })))
  await mkdir(dirname(join(root, protocols)))
  await writeFile(join(root, protocols), kept)
  for (const name of applets)
    if (!existsSync(join(root, 'bin', name))) await symlink('busybox', join(root, 'bin', name))
  for (const name of nftNames)
    await symlink('xtables-nft-multi', join(root, 'usr/sbin', name)).catch(() => undefined)
}
