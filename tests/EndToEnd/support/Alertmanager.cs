using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>A real Prometheus Alertmanager that sends its webhooks to the bot.</summary>
internal static class Alertmanager
{
    public static bool IsInstalled => AlertmanagerServer.IsInstalled;

    public static Task<AlertmanagerServer> StartAsync(BotProcess bot, string tenant) => AlertmanagerServer.StartAsync($"""
        route: {"{"} receiver: bot, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 1h {"}"}
        receivers:
        - name: bot
          webhook_configs:
          - url: http://127.0.0.1:{bot.Port}/api/events/{tenant}-alertmanager
            send_resolved: true
            http_config: {"{"} authorization: {"{"} type: Bearer, credentials: alertmanager-{tenant}-dev {"}"} {"}"}
        """);
}
