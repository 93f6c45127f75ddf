using System.Reflection;
using DevOpsAI.Bot.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Hosting;

public sealed class LogTests
{
    /// <summary>Texts of ours. Whatever comes from outside has the type that cuts it; a new name here has to be judged.</summary>
    private static readonly string[] Ours =
        ["OutboundLog.operation", "InboundLog.host", "OutboundLog.reason", "WebhookLog.connection", "WebhookLog.connector",
            "ChatLog.outcome", "ChatLog.purpose", "RotationReminder.warning",
        "Seeder.place", "Seeder.channel", "Seeder.client", "Seeder.address", "MessageStore.damage", "MessageStore.aside",
            "BotClient.reason", "Samples.sample", "Samples.path", "Samples.problem"];

    [Fact]
    public void What_somebody_outside_wrote_is_cut_where_it_is_logged()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.DeclaredOnly;
        var logged = typeof(BotHost).Assembly.GetTypes().SelectMany(static type => type.GetMethods(All))
            .Where(static method => method.IsDefined(typeof(LoggerMessageAttribute)))
            .SelectMany(static method => method.GetParameters())
            .Where(static parameter => parameter.ParameterType == typeof(string))
            .Select(static parameter => $"{parameter.Member.DeclaringType!.Name}.{parameter.Name}").Distinct().ToList();
        logged.ShouldNotBeEmpty();
        logged.Except(Ours).ShouldBeEmpty();
    }
}
