import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../guards';

/** A person who opens the gateway's address in a browser is shown what it offers. */
@ApiExcludeController()
@Controller()
@Public()
export class HomeController {
  @Get()
  @Redirect('/docs', 302)
  home(): void {
    // the redirect is all
  }
}
