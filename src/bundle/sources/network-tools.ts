/**
 * The files of Debian packages that kube-proxy and flannel need beside them: nft, iptables, conntrack, their libraries, and a
 * shell. Takes nothing but the machine's package sources; gives a folder. Documentation, locales and character sets stay out.
 */
import { existsSync } from 'node:fs'
import { readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Bumped when the recipe changes. */
const recipe = 3

export const networkTools = (arch: string, say: Say): Promise<string> =>
  debianFiles(`network-tools-${recipe}`, packages, arch, say, prune)

const prune = async (root: string): Promise<void> => {
  const triplets = (await readdir(join(root, 'lib'))).filter((name) => name.endsWith('-linux-gnu'))
  const useless = [
    'usr/share',
    'etc',
    'usr/lib/sysusers.d',
    ...triplets.flatMap((name) => [`usr/lib/${name}/gconv`, `usr/lib/${name}/audit`]),
  ]
  await Promise.all(useless.map((path) => rm(join(root, path), { recursive: true, force: true })))
  for (const name of applets)
    if (!existsSync(join(root, 'bin', name))) await symlink('busybox', join(root, 'bin', name))
  for (const name of nftNames)
    await symlink('xtables-nft-multi', join(root, 'usr/sbin', name)).catch(() => undefined)
}
