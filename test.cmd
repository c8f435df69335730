@echo off
rem Sets up, builds the solution and runs all its tests. Arguments go to 'dotnet test'; see eng\Test.cs.
setlocal
call "%~dp0eng\setup.cmd" --tests || exit /b 1
dotnet run --file "%~dp0eng\Test.cs" -- %*
