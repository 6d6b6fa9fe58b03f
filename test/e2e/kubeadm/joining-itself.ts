/**
 * A host joins itself, as root, with a token and a hash; with a wrong one of either it is refused, and nothing is left on it. Takes a
 * cluster in which w2 is not yet.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { defaultBundle } from '../../../src/bundle/default-bundle.ts'
import type { Lab } from '../../../src/lab/types.ts'
import { carryFile, carrySlipway } from '../../support/carry-slipway.ts'
import { eventually, kubectl, onHost } from '../../support/on-host.ts'
import { slipway } from '../../support/slipway.ts'

const host = 'w2'

/** Another made w1 a node, by its own means. */
const withoutW1 = async (lab: Lab): Promise<string> => {
  const document = parseDocument(await readFile(lab.clusterFile, 'utf8'))
  document.deleteIn(['hosts', 1])
  const path = join(dirname(lab.clusterFile), 'without-w1.yaml')
  await writeFile(path, document.toString())
  return path
}

const printedCommand = async (lab: Lab) => {
  const { stdout } = await slipway('token', 'create', '-c', lab.clusterFile, '--print-join-command')
  const [, command = '', token = '', hash = ''] =
    /^(slipway join \S+ --token (\S+) --discovery-token-ca-cert-hash (\S+)) --bundle/.exec(stdout) ?? []
  return { command: `${command} --bundle /root/slipway.bundle`, token, hash }
}

const joinOnHost = async (
  lab: Lab,
  command: string,
): Promise<{ readonly code: number; readonly said: string }> => {
  const said = await onHost(lab, host, `${command} 2>&1; echo "exit $?"`)
  return { code: Number(/exit (\d+)\n$/.exec(said)?.[1]), said }
}

const leftBehind = (lab: Lab): Promise<string> =>
  onHost(
    lab,
    host,
    'find /etc /opt /usr /root /var/lib -newer /root/before -type f; ls -d /var/log/slipway /run/slipway* 2>/dev/null || true',
  )

export const joiningItself = (lab: () => Lab): void => {
  beforeAll(async () => {
    await carrySlipway(lab(), host)
    await carryFile(lab(), host, defaultBundle('1.37.1', ['amd64']), '/root/slipway.bundle')
    await onHost(lab(), host, 'touch /root/before')
  })

  test('is refused with a wrong hash, a wrong token and an expired one, each in its own words; nothing is left', async () => {
    const { command, token, hash } = await printedCommand(lab())

    const wrongHash = await joinOnHost(lab(), command.replace(hash, `sha256:${'0'.repeat(64)}`))
    expect(wrongHash.said).toContain('the CA of this cluster is not the one that was asked for')
    expect(wrongHash.code).toBe(2)

    const wrongToken = await joinOnHost(
      lab(),
      command.replace(token, `${token.slice(0, 7)}${'0'.repeat(16)}`),
    )
    expect(wrongToken.said).toContain(`the token ${token.slice(0, 6)} is wrong`)
    expect(wrongToken.code).toBe(2)

    const past = JSON.stringify({ stringData: { expiration: '2020-01-01T00:00:00Z' } })
    await kubectl(lab(), `-n kube-system patch secret bootstrap-token-${token.slice(0, 6)} -p '${past}'`)
    const expired = await joinOnHost(lab(), command)
    expect(expired.said).toMatch(new RegExp(`${token.slice(0, 6)}.*expired`))
    expect(expired.code).toBe(2)

    expect(await leftBehind(lab())).toBe('')
    for (const { said } of [wrongHash, wrongToken, expired]) expect(said).not.toContain(token)
  })

  test('becomes a node that is Ready, with the bundle alone', async () => {
    const { command } = await printedCommand(lab())
    const joined = await joinOnHost(lab(), command)
    expect(joined.said).toContain('Done in')
    expect(joined.code).toBe(0)
    expect(await kubectl(lab(), 'get node w2 --no-headers')).toMatch(/^w2\s+Ready/)
    expect(await onHost(lab(), host, 'ls /etc/kubernetes/bootstrap-kubelet.conf 2>&1 || true')).toContain(
      'No such file',
    )
  })

  test('changes nothing when it joins again', async () => {
    const { command } = await printedCommand(lab())
    const again = await joinOnHost(lab(), command)
    expect(again.said).toContain('Nothing to do')
    expect(again.code).toBe(0)
  })

  test('is looked after like any other once it is in the cluster file: only its label and the hosts’ names are new', async () => {
    const applied = await slipway('apply', '-c', await withoutW1(lab()))
    const changed = applied.stderr.split('\n').filter((line) => line.includes('… changed'))
    expect(changed.map((line) => line.replace(/ … .*/, '')).toSorted()).toEqual([
      "[host-prep] cp1: keep the nodes' names in /etc/hosts",
      "[host-prep] w2: keep the nodes' names in /etc/hosts",
      '[mark-node] w2: apply Node w2',
    ])
    await eventually('the label of a worker', () =>
      kubectl(lab(), 'get nodes -l node-role.kubernetes.io/worker -o name').then((names) =>
        expect(names).toBe('node/w2\n'),
      ),
    )
  })
}
