@description('What names of resources begin with.')
param name string

@description('Where the logs are kept.')
param location string

@description('How many days logs are kept.')
param days int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${name}'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: days
    features: { disableLocalAuth: true }
  }
}

output workspaceId string = workspace.id
