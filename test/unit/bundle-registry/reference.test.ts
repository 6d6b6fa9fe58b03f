/** Names of images and places of registries: what is understood, and what is refused without repeating a password. */
import { describe, expect, test } from 'vitest'
import { below, parseImageName, parsePlace } from '../../../src/bundle/registry/reference.ts'

describe('names of images', () => {
  test.each([
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io', 'pause', '3.10'],
    ['registry.k8s.io/coredns/coredns:v1.15.0', 'registry.k8s.io', 'coredns/coredns', 'v1.15.0'],
    ['localhost:5000/a__b/c-d.e:x_Y', 'localhost:5000', 'a__b/c-d.e', 'x_Y'],
  ])('%s', (text, registry, repository, tag) => {
    expect(parseImageName(text)).toEqual({ registry, repository, tag })
  })

  test.each([
    'pause:3.10',
    'registry.k8s.io/pause',
    'registry.k8s.io/Pause:1',
    'registry.k8s.io/../etc:1',
    'registry.k8s.io/a//b:1',
    'registry.k8s.io/a:b/c',
    'registry.k8s.io/pause:-1',
    'registry.k8s.io/pause@sha256:00',
    '',
  ])('%j is none', (text) => {
    expect(() => parseImageName(text)).toThrow('is not the name of an image')
  })
})

describe('places of registries', () => {
  test.each([
    ['registry.example.org', 'https://registry.example.org', ''],
    ['registry.example.org:5000/k8s/', 'https://registry.example.org:5000', 'k8s'],
    ['http://127.0.0.1:5000/a/b', 'http://127.0.0.1:5000', 'a/b'],
    ['https://[fd00::1]/x', 'https://[fd00::1]', 'x'],
  ])('%s', (text, origin, prefix) => {
    const place = parsePlace(text)
    expect([place.origin.origin, place.prefix]).toEqual([origin, prefix])
    expect(below(place, 'pause')).toBe(prefix === '' ? 'pause' : `${prefix}/pause`)
  })

  test.each([
    '',
    'ftp://registry',
    'registry.org/K8S',
    'registry.org/a/../b?x',
    'registry.org/a#b',
    'docker://x/y',
  ])('%j is none', (text) => {
    expect(() => parsePlace(text)).toThrow('is not the place of a registry')
  })

  test.each(['https://user:hunter2@registry.org/k8s', 'user:hunter2@registry.org', 'ftp://u:hunter2@x'])(
    'a login in it is refused, and not repeated: %s',
    (text) => {
      expect(() => parsePlace(text)).toThrow('is not the place of a registry')
      expect(() => parsePlace(text)).not.toThrow('hunter2')
    },
  )
})
