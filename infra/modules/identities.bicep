@description('What names of resources begin with.')
param name string

@description('Where the identities are kept.')
param location string

@description('The bot itself: what it may do is granted to this identity and to no other.')
resource bot 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-bot'
  location: location
}

@description('By which Cosmos DB reaches the key that its data is encrypted under. The bot cannot act as it.')
resource database 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-database'
  location: location
}

output botId string = bot.id
output botClientId string = bot.properties.clientId
output botPrincipalId string = bot.properties.principalId
output databaseId string = database.id
output databasePrincipalId string = database.properties.principalId
