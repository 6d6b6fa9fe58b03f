import { expect, test } from 'vitest'
import { parseProxies, parseUnits } from '../../../src/facts/systemd.ts'

const show = [
  'Id=kubelet.service',
  'ActiveState=inactive',
  'UnitFileState=disabled',
  'Environment=HTTP_PROXY=http://drop-in:3128 "no_proxy=localhost, 10.0.0.0/8" GOMAXPROCS=2',
  '',
  'Id=containerd.service',
  'ActiveState=active',
  'UnitFileState=enabled-runtime',
  'Environment=HTTP_PROXY=http://of-the-cluster-file:3128 NO_PROXY=localhost',
  '',
  'Id=docker.service',
  'ActiveState=failed',
  'UnitFileState=',
  'Environment=HTTPS_PROXY=http://dockers-own:1',
]

test('units: what is active and what is enabled', () => {
  expect(parseUnits(show)).toEqual({
    kubelet: { active: false, enabled: false },
    containerd: { active: true, enabled: true },
    docker: { active: false, enabled: false },
  })
})

test("proxies: the kubelet's go over those of the manager; what containerd has is ours, and other services do not count", () => {
  const manager = [
    'LANG=C',
    'http_proxy=http://manager:1',
    "HTTPS_PROXY=$'http://me:p#w@manager:2'",
    'PATH=/bin',
  ]
  expect(parseProxies(manager, show)).toEqual({
    HTTP_PROXY: 'http://drop-in:3128',
    HTTPS_PROXY: 'http://me:p#w@manager:2',
    NO_PROXY: 'localhost, 10.0.0.0/8',
  })
})
