@description('What names of resources begin with.')
param name string

@description('What makes names unique that have to be so in all of Azure.')
param unique string

@description('Whose registration the bot is.')
@allowed(['ManagedIdentity', 'SingleTenant'])
param kind string

@description('Application (client) id of the registration.')
param appId string

@description('Resource id of the identity; used when it is the registration.')
param identityId string

@description('Host name of the container app.')
param host string

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: 'bot-${name}-${unique}'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'S1' }
  properties: {
    displayName: 'DevOps AI Bot'
    endpoint: 'https://${host}/api/messages'
    msaAppId: appId
    msaAppTenantId: subscription().tenantId
    msaAppType: kind == 'ManagedIdentity' ? 'UserAssignedMSI' : 'SingleTenant'
    msaAppMSIResourceId: kind == 'ManagedIdentity' ? identityId : null
    disableLocalAuth: true
    isStreamingSupported: false
  }
}

resource teams 'Microsoft.BotService/botServices/channels@2022-09-15' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: 'global'
  properties: {
    channelName: 'MsTeamsChannel'
    properties: {
      isEnabled: true
      enableCalling: false
      acceptedTerms: true
      deploymentEnvironment: 'CommercialDeployment'
    }
  }
}
