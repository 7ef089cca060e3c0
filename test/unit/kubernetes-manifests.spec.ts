import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

describe('the check of Kubernetes manifests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
    cpSync(join(ROOT, 'config/kubernetes'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const check = (...folders: string[]) => {
    const args = [join(ROOT, 'tools/check-kubernetes.mjs'), ...folders];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { status, said: stdout };
  };
  const change = (file: string, from: string | RegExp, to: string) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, file), changed);
  };

  it('is content with what is shipped', () => {
    expect(check()).toEqual({ status: 0, said: '2 kustomizations: ok\n' });
  });

  it('refuses fields that Kubernetes does not know, values of the wrong kind, and what is missing', () => {
    change('base/gateway.yaml', 'readOnlyRootFilesystem: true', 'readOnlyRootFileSystem: true');
    change('base/autoscaler.yaml', 'minReplicas: 2', 'minReplicas: two');
    change('base/service.yaml', 'port: 80,', '');
    change('base/disruption-budgets.yaml', 'policy/v1', 'policy/v1beta7');
    const { status, said } = check(join(folder, 'base'));
    expect(status).toBe(1);
    expect(said).toMatch(/gateway.yaml Deployment gatehouse: .*"readOnlyRootFileSystem" does not exist/);
    expect(said).toMatch(/autoscaler.yaml .*: Type 'string' is not assignable to type 'number'/);
    expect(said).toMatch(/service.yaml Service gatehouse: Property 'port' is missing/);
    expect(said).toMatch(/disruption-budgets.yaml PodDisruptionBudget gatehouse: Cannot find module/);
  });

  it('refuses an unknown field in a patch', () => {
    change('production/resources.yaml', 'requests:', 'request:');
    const { status, said } = check(join(folder, 'production'));
    expect(status).toBe(1);
    expect(said).toContain('"request" does not exist');
  });

  it('refuses manifests that do not find each other, and pods that nobody guards', () => {
    change('base/service.yaml', 'component: gateway', 'component: gate');
    change('base/autoscaler.yaml', 'kind: Deployment, name: gatehouse', 'kind: Deployment, name: gateway');
    change('base/gateway.yaml', 'runAsNonRoot: true', 'runAsNonRoot: false');
    change('base/kustomization.yaml', 'worker.yaml', 'workers.yaml');
    const { status, said } = check(join(folder, 'base'));
    expect(status).toBe(1);
    expect(said).toContain('there is no workers.yaml');
    expect(said).toContain('Service gatehouse: selects no pods');
    expect(said).toContain('HorizontalPodAutoscaler gatehouse: scales nothing');
    expect(said).toContain('Deployment gatehouse: may run as root');
  });
});
