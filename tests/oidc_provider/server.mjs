// An issuer of national accounts made with the npm package oidc-provider, which shares no line with allauth.
// Reads its one client and its people as JSON from standard input, prints its address, and serves until killed.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const { client, people } = JSON.parse(readFileSync(0, 'utf8'));
const CLAIMS = ['sub', 'SoDinhDanh', 'HoVaTen', 'NgayThangNamSinh', 'LoaiTaiKhoan', 'TechID', 'loginIdp'];

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = await generateKeyPair('RS256', { extractable: true });

const provider = new Provider(issuer, {
  clients: [{ ...client, response_types: ['code'], grant_types: ['authorization_code'] }],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'peer' }] },
  scopes: ['openid'],
  claims: { openid: CLAIMS },
  acrValues: ['LoA1'],
  // In the ID token too, not in userinfo alone.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['only for this run'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, sub) => people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
  // The national service asks for no consent.
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

const callback = provider.callback();

async function interaction(request, response) {
  await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<form method="post"><input name="sub"><button>Đăng nhập</button></form>');
    return;
  }
  let body = '';
  for await (const piece of request) body += piece;
  const sub = new URLSearchParams(body).get('sub');
  const result = sub ? { login: { accountId: sub } } : { error: 'access_denied' };
  await provider.interactionFinished(request, response, result);
}

server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  return interaction(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

console.log(issuer);
