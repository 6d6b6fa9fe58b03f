/** What `--mirror` may say, and where it leads. */
import { describe, expect, test } from 'vitest'
import { mirrorOf, parseMirrors, refuseStrayMirrors } from '../../../src/bundle/sources/mirrors.ts'

describe('a mirror', () => {
  test.each([
    [
      'registry.k8s.io=registry.example.org/k8s',
      'https://registry.k8s.io/coredns/coredns',
      'https://registry.example.org/k8s/coredns/coredns',
    ],
    [
      'ghcr.io=http://127.0.0.1:5000',
      'https://ghcr.io/flannel-io/flannel',
      'http://127.0.0.1:5000/flannel-io/flannel',
    ],
    [
      'dl.k8s.io=https://files.example.org/',
      'https://dl.k8s.io/release/v1/x',
      'https://files.example.org/release/v1/x',
    ],
    [
      'github.com=files.example.org:8443/a/b//',
      'https://github.com/c',
      'https://files.example.org:8443/a/b/c',
    ],
    ['github.com=[::1]:80', 'https://github.com/c', 'https://[::1]:80/c'],
  ])('%s', (flag, from, to) => {
    expect(mirrorOf(new URL(from), parseMirrors([flag]))?.href).toBe(to)
  })

  test('is of one server alone', () => {
    const mirrors = parseMirrors(['dl.k8s.io=files.example.org'])
    expect(mirrorOf(new URL('https://github.com/x'), mirrors)).toBeUndefined()
    expect(mirrorOf(new URL('https://cdn.dl.k8s.io/x'), mirrors)).toBeUndefined()
  })

  test.each([
    ['dl.k8s.io', 'is not the address of a mirror'],
    ['dl.k8s.io=', 'is not the address of a mirror'],
    ['=files.example.org', '"" is not the name of a server'],
    ['https://dl.k8s.io=files.example.org', 'is not the name of a server'],
    ['dl.k8s.io=ftp://files.example.org', 'is not the address of a mirror'],
    ['dl.k8s.io=https://', 'is not the address of a mirror'],
    ['dl.k8s.io=files.example.org?sig=1', 'is not the address of a mirror'],
    ['dl.k8s.io=files.example.org#a', 'is not the address of a mirror'],
  ])('cannot be %s', (flag, problem) => {
    expect(() => parseMirrors([flag])).toThrow(problem)
  })

  test('has no password in it, nor in what is said about it', () => {
    const parse = () => parseMirrors(['dl.k8s.io=https://alice:sesame@files.example.org'])
    expect(parse).toThrow('--mirror dl.k8s.io: there is a user in the address of the mirror')
    expect(parse).not.toThrow(/sesame/)
  })

  test('is there once for a server', () => {
    expect(() => parseMirrors(['ghcr.io=a.example.org', 'ghcr.io=b.example.org'])).toThrow(
      'ghcr.io has two mirrors',
    )
  })

  test('of what nothing comes from is a mistake', () => {
    const mirrors = parseMirrors(['docker.io=a.example.org', 'ghcr.io=b.example.org'])
    expect(() => refuseStrayMirrors(mirrors, ['ghcr.io'])).toThrow('nothing of a bundle comes from docker.io')
    expect(() => refuseStrayMirrors(mirrors, ['ghcr.io', 'docker.io'])).not.toThrow()
  })
})
