/**
 * Two clusters without a CA key on any host. One has CAs of somebody else's, an intermediate among them, whose keys Slipway never sees:
 * requests out, certificates in. Of the other the keys stay on the workstation. Both work, and their certificates can be renewed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { createBundle } from '../../src/bundle/create.ts'
import { clusterFolder } from '../../src/pki/store.ts'
import { findHost, useLab } from '../support/lab.ts'
import { eventually, onHost } from '../support/on-host.ts'
import { type OpensslCa, opensslCa, opensslSign, opensslSignAll } from '../support/openssl-ca.ts'
import { openssl } from '../support/pki.ts'
import { type Ended, slipway } from '../support/slipway.ts'

const lab = useLab({ workers: 2 })
const adminConf = '--kubeconfig /etc/kubernetes/admin.conf'
const kubeletClient = '/var/lib/kubelet/pki/kubelet-client-current.pem'

type Cas = Readonly<Record<'root' | 'ca' | 'etcdCa' | 'frontProxyCa', OpensslCa>>
const made: { cas?: Cas; external?: string; own?: string; before?: Ended } = {}
const external = (): string => made.external ?? ''
const own = (): string => made.own ?? ''
const cas = (): Cas => {
  if (!made.cas) throw new Error('the CAs are not made yet')
  return made.cas
}

/** The lab's cluster file with other hosts and certificates in it. */
const clusterFile = async (
  name: string,
  hosts: readonly (readonly [string, 'control-plane' | 'worker'])[],
  certificates: object,
): Promise<string> => {
  const document = parseDocument(await readFile(lab().clusterFile, 'utf8'))
  document.set('name', name)
  document.set(
    'hosts',
    hosts.map(([host, role]) => ({ name: host, address: findHost(lab(), host).address, role })),
  )
  document.set('certificates', certificates)
  const path = join(dirname(lab().clusterFile), `${name}.yaml`)
  await writeFile(path, document.toString())
  return path
}

const makeCas = async (): Promise<Cas> => {
  const folder = join(dirname(lab().clusterFile), 'elsewhere')
  await mkdir(folder, { recursive: true })
  const root = opensslCa(folder, 'root', { key: 'RSA-2048' })
  return {
    root,
    ca: opensslCa(folder, 'issuing', { key: 'P-384', issuer: root }),
    etcdCa: opensslCa(folder, 'etcd'),
    frontProxyCa: opensslCa(folder, 'front-proxy'),
  }
}

const succeeding = async (...args: readonly string[]): Promise<Ended> => {
  const ended = await slipway(...args)
  expect(ended.code, ended.stderr).toBe(0)
  return ended
}

/** As somebody does it who has the keys, and no Slipway. */
const sign = (): void => {
  const folder = join(clusterFolder(external(), 'external'), 'csr')
  for (const [name, ca] of [
    ['ca', cas().ca],
    ['etcd-ca', cas().etcdCa],
    ['front-proxy-ca', cas().frontProxyCa],
  ] as const)
    opensslSignAll(ca, join(folder, name))
}

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  made.cas = await makeCas()
  const chain = join(dirname(cas().ca.certificate), 'chain.crt')
  await writeFile(
    chain,
    readFileSync(cas().ca.certificate, 'utf8') + readFileSync(cas().root.certificate, 'utf8'),
  )
  const authorities = {
    ca: { certificate: chain },
    etcdCa: { certificate: cas().etcdCa.certificate },
    frontProxyCa: { certificate: cas().frontProxyCa.certificate },
  }
  const both = [
    ['cp1', 'control-plane'],
    ['w1', 'worker'],
  ] as const
  made.external = await clusterFile('external', both, { authorities })
  made.own = await clusterFile('own', [['w2', 'control-plane']], { keysOnHosts: false })
  made.before = await slipway('apply', '-c', external())
  await succeeding('certs', 'csr', '-c', external())
  sign()
  await succeeding('certs', 'import', '-c', external())
  await succeeding('apply', '-c', external())
  await succeeding('apply', '-c', own())
})

const kubectl = (host: 'cp1' | 'w2', args: string): Promise<string> =>
  onHost(lab(), host, `kubectl ${adminConf} ${args}`)

/** A kubelet may just have been restarted: its node is Ready a little later, and an old connection to it may be tried first. */
const expectWorking = async (host: 'cp1' | 'w2', nodes: readonly string[]): Promise<void> => {
  await eventually('every node is Ready', async () =>
    expect((await kubectl(host, 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(nodes.length),
  )
  for (const node of nodes) {
    const pods = `-n kube-system get pods -l k8s-app=kube-proxy --field-selector spec.nodeName=${node} -o name`
    const pod = (await kubectl(host, pods)).trim()
    await eventually(`logs of ${pod} and a command in it`, async () => {
      expect(await kubectl(host, `-n kube-system logs --tail=1 ${pod}`)).not.toBe('')
      expect(await kubectl(host, `-n kube-system exec ${pod} -- kube-proxy --version`)).toContain('v1.37.1')
    })
    expect(await onHost(lab(), node, "find / -xdev -name 'ca.key' -o -xdev -name '*-ca.key'")).toBe('')
  }
  // A kubelet that asks where nobody signs would leave its requests here.
  expect(await kubectl(host, 'get certificatesigningrequests -o name')).toBe('')
}

const serial = (host: string, path: string): Promise<string> =>
  onHost(lab(), host, `openssl x509 -noout -serial -in ${path}`)

describe('CAs whose keys are kept elsewhere', () => {
  test('nothing is done before all that is needed was signed, and all of it is named', () => {
    expect(made.before?.code).toBe(2)
    expect(made.before?.stderr).toMatch(/cp1\/etcd\/server \(etcdCa\): there is none yet/)
    expect(made.before?.stderr).toMatch(/w1\/kubelet\.conf \(ca\): there is none yet/)
  })

  test('all nodes are Ready, logs and exec work, and no CA key is on any host or on the workstation', async () => {
    await expectWorking('cp1', ['cp1', 'w1'])
    const folder = clusterFolder(external(), 'external')
    const kept = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    expect(kept.filter((name) => name.endsWith('ca.key'))).toEqual([])
  })

  test('the API is verified by OpenSSL, Go and Node that know the root alone, and by pods with what they are given', async () => {
    const root = readFileSync(cas().root.certificate, 'utf8')
    await onHost(lab(), 'cp1', 'cat >/root/root.crt', root)
    const server = `${findHost(lab(), 'cp1').address}:6443`
    const verified = await onHost(
      lab(),
      'cp1',
      `openssl s_client -connect ${server} -CAfile /root/root.crt -verify_return_error </dev/null 2>&1`,
    )
    expect(verified).toContain('Verify return code: 0 (ok)')
    const token = (await kubectl('cp1', 'create token default')).trim()
    const knowing = `--server https://${server} --certificate-authority /root/root.crt --token=${token}`
    expect(await onHost(lab(), 'cp1', `kubectl --kubeconfig /dev/null ${knowing} get --raw /readyz`)).toBe(
      'ok',
    )
    const inPods = "get configmap kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}'"
    expect(await kubectl('cp1', inPods)).toBe(readFileSync(cas().ca.certificate, 'utf8') + root)
  })

  test('who comes with a certificate of a CA above is not let in', async () => {
    const request = openssl([
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', '-', '-subj', '/O=system:masters/CN=mallory', '-addext', 'extendedKeyUsage=clientAuth'],
    ])
    const key = request.slice(0, request.indexOf('-----BEGIN CERTIFICATE REQUEST'))
    const as = async (ca: OpensslCa): Promise<string> => {
      await onHost(lab(), 'cp1', 'umask 077; cat >/root/mallory.pem', opensslSign(ca, request) + key)
      const flags = '--client-certificate /root/mallory.pem --client-key /root/mallory.pem'
      const server = `--server https://${findHost(lab(), 'cp1').address}:6443 --certificate-authority /root/root.crt`
      return onHost(
        lab(),
        'cp1',
        `kubectl --kubeconfig /dev/null ${server} ${flags} auth whoami 2>&1 || true`,
      )
    }
    expect(await as(cas().root)).toMatch(/Unauthorized|must be logged in/)
    expect(await as(cas().ca)).toContain('mallory')
  })

  test('apply has nothing left to do', async () => {
    expect((await succeeding('apply', '-c', external())).stdout).toContain('Nothing to do')
  })

  test('all of it is renewed the same way', async () => {
    const places = [
      ['w1', kubeletClient],
      ['cp1', kubeletClient],
      ['cp1', '/etc/kubernetes/pki/apiserver.crt'],
    ] as const
    const serials = () => Promise.all(places.map(([host, path]) => serial(host, path)))
    const before = await serials()
    await succeeding('certs', 'csr', '--all', '-c', external())
    sign()
    await succeeding('certs', 'import', '-c', external())
    await succeeding('apply', '-c', external())
    const after = await serials()
    expect(after.filter((one, at) => one === before[at])).toEqual([])
    await expectWorking('cp1', ['cp1', 'w1'])
  })
})

describe('CA keys that stay on the workstation', () => {
  test('the node is Ready, logs and exec work, no CA key is on the host, and the controller manager signs nothing', async () => {
    await expectWorking('w2', ['w2'])
    const manifest = await onHost(lab(), 'w2', 'cat /etc/kubernetes/manifests/kube-controller-manager.yaml')
    expect(manifest).not.toContain('cluster-signing')
    const kept = readdirSync(join(clusterFolder(own(), 'own'), 'pki'), { recursive: true, encoding: 'utf8' })
    expect(kept).toEqual(expect.arrayContaining(['ca.key', 'etcd/ca.key', 'front-proxy-ca.key']))
  })

  test('the kubelet’s certificate is renewed from the workstation', async () => {
    const before = await serial('w2', kubeletClient)
    await succeeding('certs', 'renew', 'kubelet.conf', '-c', own())
    expect(await serial('w2', kubeletClient)).not.toBe(before)
    await expectWorking('w2', ['w2'])
  })

  test('apply has nothing left to do', async () => {
    expect((await succeeding('apply', '-c', own())).stdout).toContain('Nothing to do')
  })
})
