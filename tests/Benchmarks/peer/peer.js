'use strict';
// A minimal bot on npm botbuilder's CloudAdapter: answers each adaptiveCard/action with a card and does nothing else.
// node peer.js PORT [APP_ID METADATA_URL ISSUER]; without an app id it authenticates nobody.
const http = require('node:http');
const { CloudAdapter, ConfigurationBotFrameworkAuthentication, ActivityHandler } = require('botbuilder');

class Peer extends ActivityHandler {
  async onInvokeActivity() {
    return {
      status: 200,
      body: {
        statusCode: 200,
        type: 'application/vnd.microsoft.card.adaptive',
        value: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Approved.', wrap: true }] },
      },
    };
  }
}

const [port, appId, metadataUrl, issuer] = process.argv.slice(2);
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(appId ? {
  MicrosoftAppId: appId,
  MicrosoftAppPassword: 'never-used',
  MicrosoftAppType: 'MultiTenant',
  ToBotFromChannelOpenIdMetadataUrl: metadataUrl,
  ToBotFromEmulatorOpenIdMetadataUrl: metadataUrl,
  ToBotFromChannelTokenIssuer: issuer,
  ToChannelFromBotLoginUrl: 'http://127.0.0.1:9/',
  ToChannelFromBotOAuthScope: 'https://api.botframework.com',
  OAuthUrl: 'http://127.0.0.1:9/',
  ValidateAuthority: 'true',
} : {}));
const bot = new Peer();

http.createServer((request, response) => {
  if (request.method !== 'POST') { response.statusCode = 404; response.end(); return; }
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    request.body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    // The adapter wants an express-like response.
    response.header = (name, value) => { response.setHeader(name, value); return response; };
    response.status = code => { response.statusCode = code; return response; };
    response.send = body => { response.setHeader('content-type', 'application/json'); response.write(JSON.stringify(body)); return response; };
    adapter.process(request, response, context => bot.run(context)).catch(error => {
      console.error(error);
      if (!response.writableEnded) { response.statusCode = 500; response.end(); }
    });
  });
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
