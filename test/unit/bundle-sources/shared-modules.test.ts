/**
 * What several components are built from has one version in all of them, the newest that any of them asks for: it is compiled once
 * then, and what a bundle is made of can be looked over. go.mod files are read as they are.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../../bundle/go')

/** What may differ, and why. */
const mayDiffer: readonly { readonly module: RegExp; readonly in: RegExp; readonly because: string }[] = [
  {
    module: /^github\.com\/opencontainers\/cgroups$/,
    in: /^kubernetes\//,
    because: 'it promises nothing before v1, and the kubelet is tested with its own',
  },
  {
    module: /^((sigs\.)?k8s|go\.etcd)\.io\//,
    in: /^(kubernetes|etcd)\/\d/,
    because: 'an older minor is built with what was released with it',
  },
  {
    module: /^github\.com\/container-storage-interface\/spec$/,
    in: /^kubernetes\/1\.36\./,
    because: 'a condition of volumes that its kubelet reads is gone from the one of today',
  },
  {
    module: /^github\.com\/google\/cel-go$/,
    in: /^kubernetes\/1\.36\./,
    because: 'what an expression means, and may cost, is what its minor was tested with',
  },
  {
    module: /^github\.com\/olekukonko\/tablewriter$/,
    in: /^etcd\/3\.6\./,
    because: 'its etcdctl draws tables by what was another interface before v1',
  },
  {
    module: /./,
    in: /^flannel-cni\//,
    because: 'its nine packages do not build with the containernetworking/cni of today',
  },
]

/** In kubernetes' go.mod its own libraries are v0.0.0, and replaced further down. */
const versionsIn = (file: string): ReadonlyMap<string, string> => {
  const lines = readFileSync(join(folder, file), 'utf8').matchAll(
    /^(?:require )?\s*(\S+)(?: => \S+)? (v\S+)/gm,
  )
  return new Map([...lines].map(([, module = '', version = '']) => [module, version]))
}

test('what several components share is of one version', () => {
  const versions = new Map<string, Map<string, string[]>>()
  for (const file of globSync('*/*.mod', { cwd: folder }))
    for (const [module, version] of versionsIn(file)) {
      if (mayDiffer.some((row) => row.module.test(module) && row.in.test(file))) continue
      const ofModule = versions.get(module) ?? new Map<string, string[]>()
      versions.set(module, ofModule.set(version, [...(ofModule.get(version) ?? []), file]))
    }
  const apart = [...versions].filter(([, ofModule]) => ofModule.size > 1)
  expect(versions.size).toBeGreaterThan(200)
  expect(
    Object.fromEntries(apart.map(([module, ofModule]) => [module, Object.fromEntries(ofModule)])),
  ).toEqual({})
})
