/** The catalog: every release whole, every version with its reason, and nothing that upstream does not support between them. */
import { describe, expect, test } from 'vitest'
import { chosenVersions, kubernetesReleases, type Versions, versionsOf } from '../../../src/bundle/catalog.ts'
import { checkConstraints, compareVersions } from '../../../src/bundle/constraints.ts'

const releases = kubernetesReleases().map(versionsOf)

test('every release has a version of every component, and why', () => {
  for (const { kubernetes, ...versions } of releases) {
    const chosen = chosenVersions(kubernetes)
    expect(Object.fromEntries(chosen.map(({ component, version }) => [component, version]))).toEqual(versions)
    for (const { version, why } of chosen) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
      expect(why).not.toBe('')
    }
  }
})

test('a release that is not there is said with those that are', () => {
  expect(() => versionsOf('1.2.3')).toThrow(
    expect.objectContaining({
      message: 'Kubernetes 1.2.3 is not in the catalog',
      hint: expect.stringContaining('1.37.1'),
    }),
  )
})

test.each([
  ['1.2.3', '1.2.3', 0],
  ['1.2.10', '1.2.9', 1],
  ['1.10.0', '1.9.9', 1],
  ['3.6.11', '3.7.0', -1],
])('%s and %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign)
})

describe('constraints', () => {
  test('hold for the catalog as it is', () => {
    expect(checkConstraints(releases).flatMap(({ problems }) => problems)).toEqual([])
  })

  const [some] = releases
  const release = (kubernetes: string, etcd: string): Versions => ({
    ...(some ?? versionsOf('1.37.1')),
    kubernetes,
    etcd,
  })

  test.each([
    [
      'etcd-before-3.7',
      [release('1.37.1', '3.7.3'), release('1.36.4', '3.6.8')],
      ['Kubernetes 1.36.4 has etcd 3.6.8'],
    ],
    ['etcd-before-3.7', [release('1.36.4', '3.6.11')], []],
    [
      'etcd-steps',
      [release('1.36.4', '3.5.1'), release('1.37.1', '3.7.0')],
      ['nothing between etcd 3.5.1 and 3.7.0'],
    ],
    ['etcd-steps', [release('1.36.4', '3.6.16'), release('1.37.1', '3.7.0')], []],
    [
      'kubernetes-steps',
      [release('1.37.1', '3.7.0'), release('1.35.9', '3.6.16')],
      ['nothing between kubernetes 1.35.9 and 1.37.1'],
    ],
    ['kubernetes-steps', [release('1.37.1', '3.7.0'), release('1.37.0', '3.7.0')], []],
    ['sandbox-image', [release('1.37.1', '3.7.0')], []],
  ])('%s', (id, all, problems) => {
    expect(checkConstraints(all).find((each) => each.id === id)?.problems).toEqual(problems)
  })
})
