import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { person, post } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';

describe('POST /users', () => {
  let system: SampleSystem;
  let url: string;

  beforeAll(async () => {
    system = await SampleSystem.start();
    url = `${system.get('registration').url}/users`;
  });
  afterAll(() => system?.close());

  it('lists every fault at once', async () => {
    const { status, body } = await post(url, { name: ' ', email: 'nobody', phone: '12' });
    expect(status).toBe(400);
    expect((body as { message: string[] }).message).toEqual([
      'name should not be empty',
      'email must be an email',
      'phone must be a phone number in international form, like +447700900123',
    ]);
  });

  it.each([
    ['an empty object', {}],
    ['a list', []],
    ['a list with an empty object', [{}]],
    ['broken JSON', '{"name":'],
    ['a text', '"name"'],
    ['wrong types', { name: 7, email: ['a@example.com'], phone: { number: 1 } }],
    ['control characters in the name', { ...person(), name: 'Ada\nBcc: eve@example.com' }],
    ['half a character in the name', { ...person(), name: 'Ada \ud83c' }],
    ['a name of 201 characters', { ...person(), name: 'a'.repeat(201) }],
    ['a national phone number', { ...person(), phone: '07700900123' }],
  ])('refuses %s', async (_, body) => {
    expect((await post(url, body)).status).toBe(400);
  });

  it('refuses an e-mail address that is known, in whatever case', async () => {
    const somebody = person(1);
    expect((await post(url, somebody)).status).toBe(201);
    const again = await post(url, { ...person(2), email: somebody.email.toUpperCase() });
    expect(again.status).toBe(409);
    expect((again.body as { message: string }).message).toContain('registered already');
  });

  it('lets only one of many through who register the same address at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(url, person(5))));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it('shows a user with the number written in one way, and nobody else', async () => {
    const { body } = await post(url, { ...person(9), phone: '+44 (7700) 900-999' });
    const { userId } = body as { userId: string };
    const user = await fetch(`${url}/${userId}`);
    expect(await user.json()).toMatchObject({ ...person(9), userId, phone: '+447700900999' });
    expect((await fetch(`${url}/nobody`)).status).toBe(404);
  });
});
