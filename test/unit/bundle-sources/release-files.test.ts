/** Every executable of a bundle is published somewhere, and these are the places. */
import { describe, expect, test } from 'vitest'
import { kubernetesReleases, versionsOf } from '../../../src/bundle/catalog.ts'
import { binaryRows } from '../../../src/bundle/contents.ts'
import { fileName, releaseFile } from '../../../src/bundle/sources/release-files.ts'

const versions = {
  ...versionsOf('1.37.1'),
  containerd: '2.4.2',
  runc: '1.5.2',
  'cni-plugins': '1.9.1',
  'flannel-cni': '0.9.1',
  'cri-tools': '1.36.0',
}

describe('a release file', () => {
  test.each(kubernetesReleases())('%s: there is one for each executable', (release) => {
    const of = versionsOf(release)
    for (const { component, version } of binaryRows(of, 'plain'))
      for (const arch of ['amd64', 'arm64']) {
        const file = releaseFile(component, of, arch)
        expect(file.version, component).toBe(version)
        expect(file.url.protocol).toBe('https:')
        expect(fileName(file.url)).toMatch(/^[\w.-]+$/)
        expect(file.url.pathname).toContain(arch)
      }
  })

  test.each([
    ['kubelet', 'https://dl.k8s.io/release/v1.37.1/bin/linux/arm64/kubelet', '.sha256'],
    ['runc', 'https://github.com/opencontainers/runc/releases/download/v1.5.2/runc.arm64', 'runc.sha256sum'],
    [
      'containerd',
      'https://github.com/containerd/containerd/releases/download/v2.4.2/containerd-static-2.4.2-linux-arm64.tar.gz',
      '.sha256sum',
    ],
    [
      'bridge',
      'https://github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz',
      '.sha256',
    ],
    [
      'flannel-cni',
      'https://github.com/containernetworking/plugins/releases/download/v0.9.1/cni-plugins-linux-arm64-v0.9.1.tgz',
      '.sha256',
    ],
    [
      'crictl',
      'https://github.com/kubernetes-sigs/cri-tools/releases/download/v1.36.0/crictl-v1.36.0-linux-arm64.tar.gz',
      '.sha256',
    ],
  ])('of %s', (component, url, checksums) => {
    const file = releaseFile(component, versions, 'arm64')
    expect(file.url.href).toBe(url)
    expect(file.checksums.href).toBe(
      new URL(checksums.startsWith('.') ? `${url}${checksums}` : checksums, url).href,
    )
  })
})
