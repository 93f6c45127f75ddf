using System.Reflection;
using MediatR;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Registers MediatR 5.1 and every request handler of the assemblies given.</summary>
internal static class Mediator
{
    public static IServiceCollection AddMediator(this IServiceCollection services, params Assembly[] assemblies)
    {
        services.AddSingleton<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddSingleton<IMediator, MediatR.Mediator>();
        return services.Scan(scan => scan
            .FromAssemblies(assemblies)
            .AddClasses(classes => classes.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false)
            .AsImplementedInterfaces()
            .WithSingletonLifetime());
    }
}
