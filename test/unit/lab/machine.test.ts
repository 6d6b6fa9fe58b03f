import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { needsSystemdHierarchy } from '../../../src/lab/cgroups.ts'
import { knownHostsLines } from '../../../src/lab/keys.ts'
import { limitsFrom } from '../../../src/lab/machine-limits.ts'
import { isDebianLike, prerequisites } from '../../../src/lab/prerequisites.ts'

const v1 = 'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0\n'
const v1Systemd = 'cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0\n'
const v2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime 0 0\n'

describe('the systemd hierarchy', () => {
  test.each([
    ['cgroup v2 alone', v2, false],
    ['cgroup v1 without it', v1, true],
    ['cgroup v1 with it', v1 + v1Systemd, false],
    ['both versions, without it', v1 + v2, true],
  ])('%s', (_, mounts, needed) => {
    expect(needsSystemdHierarchy(mounts)).toBe(needed)
  })
})

describe('the limits of the machine', () => {
  test.each([
    ['everything', '000001ffffffffff', v2, { cgroupV1: false, noSysResource: false }],
    ['no CAP_SYS_RESOURCE', '000001fffeffffff', v2, { cgroupV1: false, noSysResource: true }],
    ['cgroup v1', '000001ffffffffff', v1, { cgroupV1: true, noSysResource: false }],
  ])('%s', (_, bounding, mounts, expected) => {
    expect(limitsFrom(`Name:\tnode\nCapBnd:\t${bounding}\n`, mounts)).toEqual(expected)
  })

  test('the real /proc/self/status has the line that is looked for', async () => {
    expect(await readFile('/proc/self/status', 'utf8')).toMatch(/^CapBnd:\s*[0-9a-f]{16}$/m)
  })
})

describe('distributions', () => {
  test.each([
    ['ID=debian\n', true],
    ['ID=ubuntu\nID_LIKE=debian\n', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', true],
    ['ID=fedora\nNAME="not debian"\n', false],
    ['', false],
  ])('%j', (osRelease, expected) => {
    expect(isDebianLike(osRelease)).toBe(expected)
  })
})

test('no package is asked for twice', () => {
  const names = prerequisites.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('known_hosts pins every key under the address and the name, without the comment', () => {
  const publicKeys = 'ssh-ed25519 AAAAC3Nz root@cp1\n\necdsa-sha2-nistp256 AAAAE2Vj\n'
  expect(knownHostsLines({ name: 'cp1', address: '172.30.7.11' }, publicKeys)).toBe(
    '172.30.7.11,cp1 ssh-ed25519 AAAAC3Nz\n172.30.7.11,cp1 ecdsa-sha2-nistp256 AAAAE2Vj\n',
  )
})
