@echo off
rem Checks for the .NET SDK, then lets Setup.cs do the rest. Prints nothing when all is done already.
setlocal
set "GET=Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
where dotnet >nul 2>nul
if errorlevel 1 (
    >&2 echo set-up: dotnet was not found on the PATH; the .NET SDK 10 is needed. %GET%
    exit /b 1
)
pushd "%~dp0"
dotnet --version >nul 2>nul
if errorlevel 1 (
    popd
    >&2 echo set-up: the .NET SDK 10 is needed, and 'dotnet --list-sdks' shows none. %GET%
    exit /b 1
)
popd
dotnet run --file "%~dp0Setup.cs" -- %*
