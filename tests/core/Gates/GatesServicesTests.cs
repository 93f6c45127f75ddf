using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Tests.Gates;

public sealed class GatesServicesTests
{
    [Fact]
    public async Task Everything_is_wired()
    {
        using var host = Build(new() { ["Access:Roles:contoso:administrator:0"] = "99999999-0000-4000-8000-000000000001" });
        await host.StartAsync(GateScene.Cancelled);
        foreach (var type in new[] { typeof(IAccess), typeof(IReviews), typeof(IExecutionGuard), typeof(GatePolicies) })
            host.Services.GetRequiredService(type).ShouldNotBeNull();
        var handlers = typeof(GatesServices).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(GatesServices).Namespace
                && type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
            .ToList();
        handlers.Count.ShouldBe(15);
        handlers.ForEach(handler => ActivatorUtilities.CreateInstance(host.Services, handler));
        await host.StopAsync(GateScene.Cancelled);
    }

    [Fact]
    public async Task A_bot_with_mistakes_in_its_settings_does_not_start_and_says_them_all()
    {
        using var host = Build(new() { ["Gates:PolicyPath"] = "no-such-folder", ["Access:Roles:litware:boss:0"] = "x" });
        var problem = await Should.ThrowAsync<Exception>(() => host.StartAsync(GateScene.Cancelled));
        problem.ToString().ShouldContain("Gates:PolicyPath: there is no folder");
        problem.ToString().ShouldContain("Access:Roles:litware: there is no such tenant.");
        problem.ToString().ShouldContain("Access:Roles:litware:boss: the roles are");
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        var scene = new GateScene();
        builder.Services
            .AddSingleton<ILedger>(new InMemoryLedger())
            .AddSingleton<IDocuments>(new MemoryDocuments())
            .AddCoreFeatures()
            .AddSingleton<ITenantDirectory>(scene)
            .AddSingleton<ISubscribedTenants, EveryTenant>()
            .AddSingleton<ILocalMode>(scene)
            .AddSingleton<IConnections>(new SmallCatalog())
            .AddSingleton(TimeProvider.System)
            .AddGates();
        return builder.Build();
    }
}
