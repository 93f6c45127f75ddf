using System.Collections;
using DevOpsAI.Logs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// The console's logger, whatever its format, for whom every message, scope and exception is bounded and on lines of ours alone. Exceptions
/// quote others, as a parser its input and a client the server's answer, and the format for people writes them as they are.
/// </summary>
[ProviderAlias("Console")]
internal sealed class GuardedConsole(ConsoleLoggerProvider console) : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Puts it in the console's place; call it when the console was added.</summary>
    public static void Guard(ILoggingBuilder logging)
    {
        var console = logging.Services.Where(static service => service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList();
        foreach (var service in console)
            logging.Services.Remove(service);
        if (console.Count == 0)
            return;
        logging.Services.TryAddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider, GuardedConsole>();
    }

    public ILogger CreateLogger(string categoryName) => new Guarded(console.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => console.SetScopeProvider(new GuardedScopes(scopeProvider));

    public void Dispose() => console.Dispose();

    private sealed class Guarded(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => inner.Log(
            logLevel, eventId, state, exception is null ? null : new ToldException(exception), (said, _) => LogText.OneLine(formatter(said, exception), LogText.LongestOfMessage));
    }

    /// <summary>Stands for an exception in the hands of a formatter, all of which ask for its text.</summary>
    private sealed class ToldException(Exception told) : Exception(LogText.OneLine(told.Message, LogText.LongestOfException))
    {
        public override string ToString() => LogText.Of(told);
    }

    private sealed class GuardedScopes(IExternalScopeProvider inner) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) =>
            inner.ForEachScope(static (scope, both) => both.callback(ToldScope.Of(scope), both.state), (callback, state));

        public IDisposable Push(object? state) => inner.Push(state);
    }

    private sealed class ToldScope(string text, IReadOnlyList<KeyValuePair<string, object?>> values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Count;

        public KeyValuePair<string, object?> this[int index] => values[index];

        /// <summary>The scope itself when there is nothing in its text that a line may not have.</summary>
        public static object? Of(object? scope)
        {
            var text = scope?.ToString() ?? "";
            var told = LogText.OneLine(text, LogText.LongestOfException);
            return ReferenceEquals(text, told) ? scope : new ToldScope(told, scope as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
        }

        public override string ToString() => text;

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
