@description('What names of resources begin with.')
param name string

@description('Where the rules are kept.')
param location string

@description('The workspace that the bot\'s log is in.')
param workspaceId string

@description('Name of the container app whose log is watched.')
param appName string

@description('Who is mailed.')
param email string

var lines = '''
ContainerAppConsoleLogs
| where ContainerAppName == '{0}'
| extend line = parse_json(Log)
| extend level = tostring(line.LogLevel), event = toint(line.EventId), message = tostring(line.Message)
'''
var log = format(lines, appName)

// Each says what is true when it fires; docs/azure.md says what to do. The log comes minutes late, so the window of what is urgent is longer
// than the pause between two looks, and what was mailed is not mailed again while it is still in the window.
var rules = [
  {
    name: 'critical'
    description: 'A line at level Critical: somebody has to look at once. The line says what to do.'
    severity: 0
    query: '${log}| where level == \'Critical\''
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT5M'
    window: 'PT15M'
    mute: 'PT15M'
  }
  {
    name: 'cannot-start'
    description: 'The bot refused to start; the line says which settings are wrong.'
    severity: 0
    query: '${log}| where Log startswith \'The bot cannot start.\''
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT5M'
    window: 'PT15M'
    mute: 'PT15M'
  }
  {
    name: 'key-unavailable'
    description: 'The vault does not give the key of a client, which is not served until it does (2405).'
    severity: 1
    query: '${log}| where event == 2405'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT5M'
    window: 'PT15M'
    mute: 'PT15M'
  }
  {
    name: 'store-failing'
    description: 'Entries could not be written or read, or ledgers not be signed, again and again (1002, 1003, 1004, 1103).'
    severity: 1
    query: '${log}| where event in (1002, 1003, 1004, 1103)'
    operator: 'GreaterThan'
    threshold: 10
    every: 'PT5M'
    window: 'PT15M'
    mute: 'PT15M'
  }
  {
    name: 'nothing-signed'
    description: 'No ledger was signed for three hours, although each is at least once an hour (1101): no instance works.'
    severity: 0
    query: '${log}| where event == 1101'
    operator: 'LessThan'
    threshold: 1
    every: 'PT30M'
    window: 'PT3H'
    mute: 'PT1H'
  }
  {
    name: 'copy-missing'
    description: 'Checkpoints do not reach a place or a witness that should have them (1105, 1109).'
    severity: 2
    query: '${log}| where event in (1105, 1109)'
    operator: 'GreaterThan'
    threshold: 0
    // Longer than the time between two looks: lines arrive late.
    every: 'PT30M'
    window: 'PT1H'
    mute: 'PT1H'
  }
  {
    name: 'secret-due'
    description: 'A secret is to be replaced (3301, said each day).'
    severity: 3
    query: '${log}| where event == 3301'
    operator: 'GreaterThan'
    threshold: 0
    every: 'P1D'
    window: 'P2D'
    mute: 'PT1H'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: 'devopsaibot'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alarms 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alarm-${name}-${rule.name}'
    location: location
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      autoMitigate: false
      muteActionsDuration: rule.mute
      // The table comes with the first line of the log.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]
